// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** One run, step by step: the processors that {@code routes/collect.camel.yaml} puts in order. */
@NullMarked
package dev.duocollector.run;

import org.jspecify.annotations.NullMarked;
