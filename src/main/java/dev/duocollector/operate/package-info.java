// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** What an operator does to the state by hand: each step is worked out and shown before anything is written. */
@NullMarked
package dev.duocollector.operate;

import org.jspecify.annotations.NullMarked;
