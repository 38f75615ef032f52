// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The S3 side: events as NDJSON lines, the names of objects, the S3 client, what the bucket holds. */
@NullMarked
package dev.duocollector.sink;

import org.jspecify.annotations.NullMarked;
