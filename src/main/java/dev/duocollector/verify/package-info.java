// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The comparison of the bucket with Duo that the command {@code verify} makes. */
@NullMarked
package dev.duocollector.verify;

import org.jspecify.annotations.NullMarked;
