// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The one table of settings, its reader, and the values. */
@NullMarked
package dev.duocollector.settings;

import org.jspecify.annotations.NullMarked;
