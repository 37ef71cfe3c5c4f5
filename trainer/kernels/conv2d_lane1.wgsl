// A lane of conv2d_weight.wgsl holds 1 channel.
alias Lane = f32;
