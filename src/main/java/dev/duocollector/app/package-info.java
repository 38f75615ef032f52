// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The program as Camel Main runs it: settings and routes, what stops it at the start, health and metrics over HTTP. */
@NullMarked
package dev.duocollector.app;

import org.jspecify.annotations.NullMarked;
