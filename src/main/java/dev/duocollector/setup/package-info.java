// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** What a new installation begins with, as the command init makes it: settings, the secret key's file, and policies for AWS. */
@NullMarked
package dev.duocollector.setup;

import org.jspecify.annotations.NullMarked;
