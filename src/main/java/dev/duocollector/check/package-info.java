// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** What the command {@code check} looks at: whether a run would succeed, and what to do if not. */
@NullMarked
package dev.duocollector.check;

import org.jspecify.annotations.NullMarked;
