// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** What the checks make of everything that can be wrong. */
@NullMarked
package dev.duocollector.check;

import org.jspecify.annotations.NullMarked;
