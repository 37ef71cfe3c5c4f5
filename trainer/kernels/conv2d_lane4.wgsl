// A lane of conv2d_weight.wgsl holds 4 channels.
alias Lane = vec4f;
