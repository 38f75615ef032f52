// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** A try-out without accounts: the collector between a simulated Duo and an embedded S3. */
@NullMarked
package dev.duocollector.demo;

import org.jspecify.annotations.NullMarked;
