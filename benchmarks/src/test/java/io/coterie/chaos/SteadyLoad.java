package io.coterie.chaos;

import io.coterie.Coterie;
import java.util.function.Consumer;

final class SteadyLoad {
    SteadyLoad(Coterie node) {}

    void start(int perSecond) {}

    void stop() {}

    void report(Consumer<String> line) {}
}
