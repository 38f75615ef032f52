// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** How a run or the program may end, and what may be said of an exception. */
@NullMarked
package dev.duocollector.failure;

import org.jspecify.annotations.NullMarked;
