// For convolutions that no batch norm follows.
fn keep_moments(local: vec3u, part: u32, count: u32, group: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {}
