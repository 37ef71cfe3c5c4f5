// A lane of conv2d_weight.wgsl holds 4 channels.
alias Lane = vec4f;
alias Stored2Lane = vec4<Stored2>; // of dy

// For what conv2d_weight.wgsl touches.
fn first_channel(v: Lane) -> f32 {
  return v.x;
}
