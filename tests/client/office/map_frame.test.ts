/** Clicks on the office's map become the degrees that the server framed, and near a border the border's own corner. */
import { describe, expect, it } from 'vitest';
import { cornersOf, frameOf, onCorner, readPoints, writePoints } from '../../../static/src/office/map_frame';

describe('the drawing of borders', () => {
  it('gives back the degrees that it was framed from', () => {
    const frame = frameOf(1_209_000_000, 305_100_000, 150, 130);
    expect(frame.toPoint({ x: 0, y: 0 })).toEqual({ lng: 120.9, lat: 30.51 });
    const spot = frame.toSpot({ lng: 120.9123456, lat: 30.5012345 });
    expect(frame.toPoint(spot).lng).toBeCloseTo(120.9123456, 9);
    expect(frame.toPoint(spot).lat).toBeCloseTo(30.5012345, 9);
  });

  it('knows the corners of a path, islands too', () => {
    expect(cornersOf('M1.5 2L3 -4L5 6ZM7 8L9 10L1 1Z')).toHaveLength(6);
    expect(cornersOf('M1.5 2L3 -4Z')).toEqual([{ x: 1.5, y: 2 }, { x: 3, y: -4 }]);
  });

  it('puts a spot on the nearest corner within reach alone', () => {
    const corners = [{ x: 0, y: 0 }, { x: 8, y: 0 }];
    expect(onCorner({ x: 6, y: 1 }, corners, 5)).toEqual({ x: 8, y: 0 });
    expect(onCorner({ x: 6, y: 9 }, corners, 5)).toEqual({ x: 6, y: 9 });
  });
});

describe('points as lines', () => {
  it('are read as people write them and written with seven digits', () => {
    const points = readPoints('120.91, 30.5\n\n120.92，30.51\n120.93 30.52\nno point\n1,2,3');
    expect(points).toEqual([{ lng: 120.91, lat: 30.5 }, { lng: 120.92, lat: 30.51 }, { lng: 120.93, lat: 30.52 }]);
    expect(writePoints(points.slice(0, 1))).toBe('120.9100000, 30.5000000');
    expect(readPoints(writePoints(points))).toEqual(points);
  });
});
