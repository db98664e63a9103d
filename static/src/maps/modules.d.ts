/** A sheet that travels inside the script that needs it (tools/build_client.mjs). */
declare module '*.css' {
  const sheet: string;
  export default sheet;
}
/** The library's own modules: its other build brings helpers along that would stand on the first page. */
declare module 'leaflet/dist/leaflet-src.esm.js' {
  export * from 'leaflet';
}
