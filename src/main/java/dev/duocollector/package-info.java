// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Reads Duo's telephony log page by page and writes each page's new events as one immutable NDJSON object to S3, every
 * event exactly once. The order of things is in {@code routes/}; what is true (windows, signatures, event keys, state)
 * is in the packages below, which ARCHITECTURE lists in the order of dependency.
 */
@NullMarked
package dev.duocollector;

import org.jspecify.annotations.NullMarked;
