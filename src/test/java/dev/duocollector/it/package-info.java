/** The jars as they are built: started as processes, from outside. */
@NullMarked
package dev.duocollector.it;

import org.jspecify.annotations.NullMarked;
