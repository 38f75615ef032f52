/** The benchmark, {@code ./mvnw -Pbench}: started by a person, never by the build. */
@NullMarked
package dev.duocollector.bench;

import org.jspecify.annotations.NullMarked;
