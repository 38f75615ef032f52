// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The Duo side: signed requests, one page of a log or the list of accounts, its events, and what Duo's failures mean. */
@NullMarked
package dev.duocollector.source;

import org.jspecify.annotations.NullMarked;
