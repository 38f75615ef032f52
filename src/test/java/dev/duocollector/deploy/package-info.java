// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
/** What operators deploy with ({@code src/deploy}), held against parsers of its kinds and against what the collector does. */
@NullMarked
package dev.duocollector.deploy;

import org.jspecify.annotations.NullMarked;
