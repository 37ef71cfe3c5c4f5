// A lane of conv2d_weight.wgsl holds 2 channels.
alias Lane = vec2f;
