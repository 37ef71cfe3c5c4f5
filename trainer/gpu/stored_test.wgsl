// Stored2 in a comment counts for nothing
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> z: array<vec4<Stored2>>;

fn loaded(i: u32) -> vec4f { return vec4f(x[i]); }

@compute @workgroup_size(1) fn to_y() { y[0] = loaded(0u); }

@compute @workgroup_size(1) fn to_z() {
  var v: vec4f;
  v.y = 1.0;
  z[0] = vec4<Stored2>(loaded(0u));
}
