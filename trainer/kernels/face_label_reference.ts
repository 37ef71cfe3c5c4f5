/** The twin of `face_label.wgsl`. */
export function faceLabelReference(
  distance: ArrayLike<number>,
  labels: ArrayLike<number>,
  cosine: ArrayLike<number>,
): { truth: Float64Array; mask: Float64Array } {
  const [truth, mask] = [new Float64Array(distance.length), new Float64Array(distance.length)];
  for (let i = 0; i < distance.length; i++) {
    const beyond = (labels[i]! & 1) !== 0;
    const watermark = (labels[i]! & 2) !== 0;
    const sky = (labels[i]! & 4) !== 0;
    const seen = !beyond && distance[i]! > 0;
    if (seen) truth[i] = 1 / (distance[i]! * cosine[i % cosine.length]!);
    if ((seen || sky) && !watermark) mask[i] = 1;
  }
  return { truth, mask };
}
