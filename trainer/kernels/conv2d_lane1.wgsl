// A lane of conv2d_weight.wgsl holds 1 channel.
alias Lane = f32;
alias Stored2Lane = Stored2; // of dy

// For what conv2d_weight.wgsl touches.
fn first_channel(v: Lane) -> f32 {
  return v;
}
