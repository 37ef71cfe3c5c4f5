/**
 * Augmentation of a picture: what is drawn on the host, and how it is handed to the GPU.
 *
 * @module
 */

/** The adjustments of a colour jitter, in torchvision's numbering. */
export const ADJUSTMENTS = ["brightness", "contrast", "saturation", "hue"] as const;

/** Colour jitter as torchvision's ColorJitter: factors, and the order they are applied in. */
export interface ColorJitter {
  readonly order: readonly (typeof ADJUSTMENTS)[number][];
  /** Around 1. */
  readonly brightness: number;
  /** Around 1. */
  readonly contrast: number;
  /** Around 1. */
  readonly saturation: number;
  /** Turns, in [-0.5, 0.5]. */
  readonly hue: number;
}

/** What happens to a picture. */
export interface Augmentation {
  /** Columns by which a panorama is rolled to the right (a yaw); 0 when left out. */
  readonly roll?: number;
  /** Mirrored left to right, after the roll. */
  readonly flip?: boolean;
  /** No jitter when left out. */
  readonly jitter?: ColorJitter;
}

/** Words per image of {@linkcode augmentationWords}. */
export const AUGMENTATION_WORDS = 8;

/**
 * Augmentations as the kernels read them, to be written into a preparation's `parameters`.
 *
 * @param width columns of the pictures
 * @throws RangeError when an order does not name each adjustment once
 */
export function augmentationWords(
  augmentations: readonly Augmentation[],
  width: number,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(augmentations.length * AUGMENTATION_WORDS);
  const floats = new Float32Array(words.buffer);
  augmentations.forEach(({ roll = 0, flip = false, jitter }, i) => {
    const at = i * AUGMENTATION_WORDS;
    words[at] = ((roll % width) + width) % width;
    words[at + 1] = flip ? 1 : 0;
    if (!jitter) return;
    if (new Set(jitter.order).size !== 4 || jitter.order.length !== 4) {
      throw new RangeError(
        `Cannot jitter in the order [${jitter.order}]: each of ${ADJUSTMENTS} is needed once`,
      );
    }
    words[at + 2] = 1;
    jitter.order.forEach((name, k) => words[at + 3]! |= ADJUSTMENTS.indexOf(name) << (2 * k));
    ADJUSTMENTS.forEach((name, k) => floats[at + 4 + k] = jitter[name]);
  });
  return words;
}

/** Which augmentations are drawn. */
export interface AugmentationChoice {
  /** Columns of the pictures; leave out for no roll (perspective pictures). */
  readonly rollWidth?: number;
  /** Mirror half of the pictures. */
  readonly flip?: boolean;
  /** Jitter the colours of half of the pictures. */
  readonly jitter?: boolean;
}

/**
 * Draw an augmentation with the released code's ranges: any roll, flip and jitter each with probability 1/2,
 * brightness, contrast and saturation 0.8 to 1.2, hue within 0.1 turns.
 *
 * @param draw number `k` of this picture's sequence, uniform in [0, 1); a pure function
 */
export function drawAugmentation(
  { rollWidth = 0, flip = false, jitter = false }: AugmentationChoice,
  draw: (k: number) => number,
): Augmentation {
  const around = (k: number, middle: number, by: number): number => middle + by * (2 * draw(k) - 1);
  const order = [...ADJUSTMENTS];
  for (let i = 3; i > 0; i--) { // Fisher-Yates
    const j = Math.floor(draw(3 + i) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const colours: ColorJitter = {
    order,
    brightness: around(7, 1, 0.2),
    contrast: around(8, 1, 0.2),
    saturation: around(9, 1, 0.2),
    hue: around(10, 0, 0.1),
  };
  return {
    roll: Math.floor(draw(0) * rollWidth),
    flip: flip && draw(1) < 0.5,
    ...(jitter && draw(2) < 0.5 ? { jitter: colours } : {}),
  };
}
