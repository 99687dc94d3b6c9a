"""Cut the coasts of the bundled cases out of Natural Earth 1:10m land (public domain), as in npm's world-atlas 2.0.2.

npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
python docs/figures/coast.py package/land-10m.json src/muster/passage/chart/coast.json
"""

import json
import sys
from pathlib import Path

# name: west, south, east, north in degrees; tolerance of the simplification in degrees (0.001 = 110 m).
REGIONS = {
    "strait-of-hormuz": ((53.0, 24.0, 59.0, 28.2), 0.004),
    "persian-gulf": ((46.5, 22.0, 61.5, 31.2), 0.012),
    "bab-el-mandeb": ((41.5, 10.8, 46.5, 15.6), 0.004),
    "red-sea": ((32.0, 9.5, 54.0, 31.0), 0.02),
}


def decode_arcs(topology):
    """Return the arcs as lists of (lon, lat)."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def rings_of(topology):
    """Yield every ring of the land; holes (inland seas) come as rings too, to be filled by the even-odd rule."""
    arcs = decode_arcs(topology)
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                points = []
                for index in ring:
                    arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                    points.extend(arc[1:] if points else arc)
                yield points


def clip(points, box):
    """Return a ring cut to a box (Sutherland and Hodgman 1974)."""
    west, south, east, north = box
    for axis, bound, keeps_above in ((0, west, True), (0, east, False), (1, south, True), (1, north, False)):
        result = []
        for i, here in enumerate(points):
            before = points[i - 1]
            is_in, was_in = ((p[axis] >= bound) == keeps_above or p[axis] == bound for p in (here, before))
            if is_in != was_in:
                share = (bound - before[axis]) / (here[axis] - before[axis])
                other = before[1 - axis] + share * (here[1 - axis] - before[1 - axis])
                result.append((bound, other) if axis == 0 else (other, bound))
            if is_in:
                result.append(here)
        points = result
        if not points:
            return []
    return points


def simplify(points, tolerance):
    """Return the line without points closer than `tolerance` to it (Douglas and Peucker 1973)."""
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        farthest, distance = first, 0.0
        for i in range(first + 1, last):
            x, y = points[i]
            gap = (
                abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
                if length
                else ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
            )
            if gap > distance:
                farthest, distance = i, gap
        if distance > tolerance:
            keep.add(farthest)
            stack += [(first, farthest), (farthest, last)]
    return [points[i] for i in sorted(keep)]


def main():
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rings = list(rings_of(topology))
    regions = {}
    for name, (box, tolerance) in REGIONS.items():
        kept = []
        for ring in rings:
            cut = clip(ring, box)
            if len(cut) >= 3:
                line = simplify([*cut, cut[0]], tolerance)
                if len(line) >= 4:
                    kept.append([[round(x, 3), round(y, 3)] for x, y in line[:-1]])
        regions[name] = {"box": list(box), "rings": kept}
        print(name, len(kept), "rings", sum(map(len, kept)), "points")
    source = "Natural Earth 1:10m land (public domain), as in npm world-atlas 2.0.2; cut by docs/figures/coast.py"
    Path(sys.argv[2]).write_text(json.dumps({"source": source, "regions": regions}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
