/**
 * What runs in a web page: the sphere, the GPU engine, its kernels and the models, web APIs only. Continuous
 * integration bundles this file for the browser, so that nothing of Deno, Node or npm slips in.
 *
 * @module
 */
export * from "@depth-anywhere/geometry";
