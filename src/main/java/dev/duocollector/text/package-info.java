// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** What may be logged or printed: one line, without phone numbers; and the terminal that it goes to. */
@NullMarked
package dev.duocollector.text;

import org.jspecify.annotations.NullMarked;
