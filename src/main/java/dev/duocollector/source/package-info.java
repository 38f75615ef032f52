// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The Duo side: signing, one page of Duo's telephony log, the window that is read, and what Duo's refusals mean. */
@NullMarked
package dev.duocollector.source;

import org.jspecify.annotations.NullMarked;
