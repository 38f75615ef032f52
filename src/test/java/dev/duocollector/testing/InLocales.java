// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs every test of the class once in each combination of the languages and time zones that have broken signatures: Turkish
 * (an "I" in lower case has no dot), Korean (days and months in its own words), English; Seoul, St. John's (half an hour
 * off), UTC. The JVM's own defaults are back afterwards.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(InLocalesExtension.class)
public @interface InLocales {}
