/**
 * Tests of some kernels as one module, to be run in a page.
 *
 * @module
 */
import "../../trainer/kernels/affine_invariant_loss_test.ts";
import "../../trainer/kernels/batch_norm_test.ts";
import "../../trainer/kernels/conv2d_test.ts";
import "../../trainer/kernels/pixel_shuffle_test.ts";
import "../../trainer/kernels/cube_taps_test.ts";
import "../../trainer/kernels/resample_test.ts";
import "../../trainer/kernels/transpose_map_test.ts";
