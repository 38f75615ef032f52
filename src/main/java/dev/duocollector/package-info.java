// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Reads Duo's logs page by page and writes each page's new events as one immutable NDJSON object to S3, every event exactly
 * once. The routes in {@code routes/} decide the order; the packages below (windows, signatures, event keys, state)
 * decide the truth. ARCHITECTURE lists them in the order of dependency.
 */
@NullMarked
package dev.duocollector;

import org.jspecify.annotations.NullMarked;
