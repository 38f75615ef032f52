/** What tests of several packages share: odd locales and time zones, and servers that record what they are sent. */
@NullMarked
package dev.duocollector.testing;

import org.jspecify.annotations.NullMarked;
