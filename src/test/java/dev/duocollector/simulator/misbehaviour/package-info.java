/** What can be wrong with an answer of Duo's, one class for each. */
@NullMarked
package dev.duocollector.simulator.misbehaviour;

import org.jspecify.annotations.NullMarked;
