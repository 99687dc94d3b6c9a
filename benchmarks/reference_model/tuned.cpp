// The reference model in tuned C++: ziggurat exponentials, geometric skipping of incidents, no heap for ships.
// g++ -O3 -march=native -std=c++20 tuned.cpp -o tuned; ./tuned xoshiro|philox A|B|C RUNS SEED
// Prints: CPU seconds, ships sailed, mean wait in hours, throughput a day.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

struct Parameters {
  double rate = 65. / 24, alone = 0, interval = 12;
  int size = 20, needed = 2, pool = 8;
  double low = 9, mode = 10, high = 13, turnaround = 6, p_escorted = .0005, p_alone = .003, horizon = 2160;
};

struct Xoshiro {  // xoshiro256++, seeded by splitmix64
  uint64_t s[4];
  explicit Xoshiro(uint64_t seed) {
    for (auto& x : s) {
      uint64_t z = (seed += 0x9e3779b97f4a7c15ull);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
      x = z ^ (z >> 31);
    }
  }
  static uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  uint64_t next() {
    uint64_t r = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t, s[3] = rotate(s[3], 45);
    return r;
  }
};

struct Philox {  // Philox4x32-10, two 64-bit words per block
  uint32_t key[2], counter[4] = {0, 0, 0, 0}, block[4];
  int used = 4;
  explicit Philox(uint64_t seed) : key{uint32_t(seed), uint32_t(seed >> 32)} {}
  void refill() {
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3], k0 = key[0], k1 = key[1];
    for (int i = 0; i < 10; i++) {
      uint64_t p0 = uint64_t(0xD2511F53u) * x0, p1 = uint64_t(0xCD9E8D57u) * x2;
      uint32_t y0 = uint32_t(p1 >> 32) ^ x1 ^ k0, y2 = uint32_t(p0 >> 32) ^ x3 ^ k1;
      x1 = uint32_t(p1), x3 = uint32_t(p0), x0 = y0, x2 = y2, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    block[0] = x0, block[1] = x1, block[2] = x2, block[3] = x3;
    if (!++counter[0]) ++counter[1];
    used = 0;
  }
  uint64_t next() {
    if (used >= 4) refill();
    uint64_t r = (uint64_t(block[used]) << 32) | block[used + 1];
    used += 2;
    return r;
  }
};

template <class R> double uniform(R& r) { return (r.next() >> 11) * 0x1.0p-53; }

struct Ziggurat {
  double x[257], y[257], width[256];
  uint64_t accept[256];
  Ziggurat() {
    const double r = 7.69711747013104972, area = 3.949659822581572e-3;
    x[0] = area * std::exp(r), x[1] = r, x[256] = 0;
    for (int i = 2; i < 256; i++) x[i] = -std::log(area / x[i - 1] + std::exp(-x[i - 1]));
    for (int i = 0; i <= 256; i++) y[i] = std::exp(-x[i]);
    for (int i = 0; i < 256; i++) width[i] = x[i] * 0x1.0p-53, accept[i] = uint64_t(x[i + 1] / x[i] * 0x1.0p53);
  }
  template <class R> double operator()(R& r) const {
    double passed = 0;
    for (;;) {
      uint64_t word = r.next(), mantissa = word >> 11;
      int i = word & 255;
      double z = mantissa * width[i];
      if (mantissa < accept[i]) return z + passed;
      if (i == 0) {
        passed += x[1];
        continue;
      }
      if (y[i] + (y[i + 1] - y[i]) * uniform(r) < std::exp(-z)) return z + passed;
    }
  }
};
static const Ziggurat exponential;

template <class R> struct Skip {
  double per_gap;
  long left;
  R& r;
  Skip(R& r_, double p) : per_gap(1 / std::log1p(-p)), r(r_) { draw(); }
  void draw() { left = long(std::log1p(-uniform(r)) * per_gap); }
  long take(long n) {
    long found = 0;
    while (n > left) n -= left + 1, found++, draw();
    left -= n;
    return found;
  }
};

struct Sums { double sailed = 0, wait = 0, throughput = 0, incidents = 0; };

template <class R> void simulate(const Parameters& p, R& r, std::vector<double>* queue, Sums& sums) {
  const double gap = 1 / (p.rate * (1 - p.alone)), mode_u = (p.mode - p.low) / (p.high - p.low);
  const double rise = (p.high - p.low) * (p.mode - p.low), fall = (p.high - p.low) * (p.high - p.mode);
  auto transit = [&](double u) { return u < mode_u ? p.low + std::sqrt(u * rise) : p.high - std::sqrt((1 - u) * fall); };
  size_t head[2] = {0, 0};
  queue[0].clear(), queue[1].clear();
  double next[2] = {exponential(r) * gap, exponential(r) * gap}, releases[64], wait = 0;
  int n_out = 0, free = p.pool, requests[1024], first = 0, last = 0;
  long n_convoy = 0, n_alone = 0, incidents = 0, done = 0;
  Skip<R> escorted(r, p.p_escorted), unescorted(r, p.p_alone);
  auto advance = [&](int d, double t) {
    double x = next[d];
    while (x <= t) queue[d].push_back(x), x += exponential(r) * gap;
    next[d] = x;
  };
  auto dispatch = [&](double t) {
    while (first < last && free >= p.needed) {
      int d = requests[first++ & 1023];
      advance(d, t);
      int n = std::min<size_t>(p.size, queue[d].size() - head[d]);
      if (!n) continue;
      free -= p.needed;
      double end = t + transit(uniform(r)), sum = 0, back = end + p.turnaround;
      const double* boarding = &queue[d][head[d]];
      for (int i = 0; i < n; i++) sum += boarding[i];
      wait += n * t - sum, incidents += escorted.take(n), head[d] += n, n_convoy += n;
      if (end <= p.horizon) done += n;
      int j = n_out++;
      while (j && releases[j - 1] < back) releases[j] = releases[j - 1], j--;
      releases[j] = back;
    }
  };
  for (double epoch = p.interval;;) {
    double release = n_out ? releases[n_out - 1] : 1e300, t = std::min(epoch, release);
    if (t > p.horizon || (t >= p.horizon && release > p.horizon)) break;
    if (release < epoch) {
      n_out--, free += p.needed, dispatch(release);
    } else {
      if (epoch >= p.horizon) break;
      requests[last++ & 1023] = 0, requests[last++ & 1023] = 1, dispatch(epoch), epoch += p.interval;
    }
  }
  advance(0, p.horizon), advance(1, p.horizon);
  if (p.alone > 0) {
    double lone_gap = 1 / (2 * p.rate * p.alone), x = exponential(r) * lone_gap, surely = p.horizon - p.high;
    while (x <= surely) n_alone++, x += exponential(r) * lone_gap;
    done += n_alone;
    while (x <= p.horizon) n_alone++, done += x + transit(uniform(r)) <= p.horizon, x += exponential(r) * lone_gap;
    incidents += unescorted.take(n_alone);
  }
  sums.sailed += n_convoy + n_alone, sums.wait += wait / std::max(n_convoy, 1L);
  sums.throughput += done / (p.horizon / 24), sums.incidents += incidents;
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  std::string generator = argv[1], which = argv[2];
  long runs = std::atol(argv[3]);
  uint64_t seed = std::strtoull(argv[4], nullptr, 10);
  Parameters p;
  if (which != "A") p.alone = .45;
  if (which == "C") p.pool = 4;
  std::vector<double> queue[2];
  Sums sums;
  std::clock_t start = std::clock();
  for (long i = 0; i < runs; i++) {
    if (generator == "philox") {
      Philox r(seed * 1000003ull + i);
      simulate(p, r, queue, sums);
    } else {
      Xoshiro r(seed * 1000003ull + i);
      simulate(p, r, queue, sums);
    }
  }
  double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("%.6f %.0f %.6f %.6f\n", seconds, sums.sailed, sums.wait / runs, sums.throughput / runs);
}
