// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The operator's steps: looked at before the start, run in an exchange of their own, explained when they fail. */
@NullMarked
package dev.duocollector.steps;

import org.jspecify.annotations.NullMarked;
