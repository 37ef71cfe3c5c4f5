// Nothing to do, for a pass that only marks a moment: on Metal one without a dispatch marks zero (gfx-rs/wgpu-native#625).
@compute @workgroup_size(1)
fn nothing() {}
