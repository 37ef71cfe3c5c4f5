import { type Graph, read, spread, type Tensor, write } from "../gpu/graph.ts";
import code from "./face_label.wgsl" with { type: "text" };

/** Labels of a batch of rendered faces. */
export interface FaceLabels {
  /** Disparity 1 / zDepth, 1/metres, words `[N*F*F]`; 0 in the sky. */
  readonly truth: Tensor;
  /** 1 where the truth counts, words `[N*F*F]`: not beyond the range, not under a watermark. */
  readonly mask: Tensor;
}

/**
 * Disparity labels of perspective renderings. Not differentiable.
 *
 * @param distance metres along the ray, words `[N*F*F]`
 * @param labels `RoomTarget.labels`, words `[N*F*F]`
 * @param cosine cos α of each pixel's ray, words `[F*F]`
 */
export function faceLabel(
  graph: Graph,
  distance: Tensor,
  labels: Tensor,
  cosine: Tensor,
): FaceLabels {
  const count = distance.bytes / 4;
  const truth = graph.result("face truth", [count], []);
  const mask = graph.result("face mask", [count], []);
  graph.dispatch({
    label: "face_label",
    shader: { file: "face_label.wgsl", code, entryPoint: "label" },
    uniforms: [count, cosine.bytes / 4],
    bindings: [read(distance), read(labels), read(cosine), write(truth), write(mask)],
    workgroups: spread(count, 64),
  });
  return { truth, mask };
}
