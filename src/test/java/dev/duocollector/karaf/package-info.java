// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.duocollector.karaf;

import org.jspecify.annotations.NullMarked;
