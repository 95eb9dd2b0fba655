// Writes MessagePackVectors.txt with an independent implementation, @msgpack/msgpack 3:
//   npm install @msgpack/msgpack@3 && node MessagePackVectors.mjs > MessagePackVectors.txt
import { encode, encodeTimeSpecToTimestamp, ExtData } from "@msgpack/msgpack";

// Runs of 16 equal bytes and more are written byte*count.
const squeeze = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0") + " ").join("")
    .replace(/(.. )\1{15,}/g, (run) => `${run.slice(0, 2)}*${run.length / 3} `).trim();
const line = (type, text, bytes) => console.log(`${type}\t${text}\t${squeeze(bytes)}`);

line("nil", "-", encode(null));
line("bool", "true", encode(true));
line("bool", "false", encode(false));
for (const value of [0, 1, 127, 128, 255, 256, 65535, 65536, 4294967295, -1, -32, -33, -128, -129, -32768, -32769, -2147483648]) {
  line("int", value, encode(value));
}
for (const value of [4294967296n, 9007199254740993n, 9223372036854775807n, -2147483649n, -9223372036854775808n]) {
  line("int", value, encode(value, { useBigInt64: true }));
}
line("uint", 18446744073709551615n, encode(18446744073709551615n, { useBigInt64: true }));
for (const value of [0.5, -0.1, 1e300, 5e-324, Infinity, -Infinity]) {
  line("float64", value, encode(value));
}
for (const value of [0.5, -0.25, 2 ** 100, Infinity]) {
  line("float32", value, encode(value, { forceFloat32: true }));
}
for (const length of [0, 1, 31, 32, 255, 256, 65535, 65536]) {
  line("str", `61*${length}`, encode("a".repeat(length)));
  line("bin", `00*${length}`, encode(new Uint8Array(length)));
}
line("str", Buffer.from("Grüße, 世界").toString("hex"), encode("Grüße, 世界"));
for (const length of [0, 1, 15, 16, 65535, 65536]) {
  line("array", length, encode(new Array(length).fill(null)));
}
for (const length of [0, 1, 15, 16]) {
  line("map", length, encode(Object.fromEntries(Array.from({ length }, (_, i) => [String.fromCharCode(97 + i), null]))));
}
for (const length of [0, 1, 2, 3, 4, 5, 8, 9, 16, 17, 255, 256, 65535, 65536]) {
  line("ext", `5 07*${length}`, encode(new ExtData(5, new Uint8Array(length).fill(7))));
}
line("ext", "-128 07*1", encode(new ExtData(-128, new Uint8Array([7]))));
for (const [seconds, nanoseconds] of [[0, 0], [1, 0], [4294967295, 0], [4294967296, 0], [0, 1], [17179869183, 999999999], [17179869184, 0], [-1, 0], [-1, 500000000]]) {
  line("timestamp", `${seconds} ${nanoseconds}`, encode(new ExtData(-1, encodeTimeSpecToTimestamp({ sec: seconds, nsec: nanoseconds }))));
}
