// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The operator's steps: looked at before the start, run in an exchange of their own, kept from delivering in a dry run. */
@NullMarked
package dev.duocollector.steps;

import org.jspecify.annotations.NullMarked;
