package io.coterie.failuredetector;

/**
 * The quality of a failure detector by the metrics of Chen, Toueg and Aguilera (On the Quality of
 * Service of Failure Detectors, 2002), of both opinions that it can have.
 */
record Quality(Mistakes suspected, Mistakes down) {
    /**
     * @param perHour the mistake rate: how often an opinion of a live process becomes wrong
     * @param seconds the mean duration of a mistake
     * @param accuracy the probability that the opinion is right at any moment
     */
    record Mistakes(double perHour, double seconds, double accuracy) {}
}
