// A lane of conv2d_weight.wgsl holds 2 channels.
alias Lane = vec2f;
alias Stored2Lane = vec2<Stored2>; // of dy

// For what conv2d_weight.wgsl touches.
fn first_channel(v: Lane) -> f32 {
  return v.x;
}
