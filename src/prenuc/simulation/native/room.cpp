#include "room.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace prenuc {
namespace {

constexpr Index LINE = 8;    // numbers in a cache line
constexpr Index MOST = 32;   // components of a network that differences.hpp takes

// Give out pieces of one block, each at the beginning of a cache line; without a block it only
// counts. A line in front of the first piece stays free: a place of −1 hits nothing.
class Carver {
   public:
    explicit Carver(double* block) : block_(block) {}

    double* take(Index size) {
        double* piece = block_ == nullptr ? nullptr : block_ + used_;
        used_ += (size + LINE - 1) / LINE * LINE + LINE;
        return piece;
    }
    void row(Index size, std::initializer_list<Numbers*> rows) {
        for (Numbers* one : rows) *one = {take(size), size};
    }
    void table(Index count, Index width, std::initializer_list<Table*> tables) {
        for (Table* one : tables) *one = {take(count * width), count, width};
    }
    void block(Index count, Index height, Index width, Block<double>& one) {
        one = {take(count * height * width), count, height, width};
    }
    Index used() const { return used_; }

   private:
    double* block_;
    Index used_ = LINE;
};

// Lay arrays out twice: first to count, then in a block that is large enough.
template <typename Layout>
void lay_out(std::vector<double>& block, Layout&& layout) {
    Carver counting(nullptr);
    layout(counting);
    const auto wanted = static_cast<std::size_t>(counting.used() + LINE);
    if (block.size() < wanted) block.resize(wanted);
#if defined(PRENUC_POISON)  // whoever reads what nobody has set is found out
    std::fill(block.begin(), block.end(), std::numeric_limits<double>::quiet_NaN());
#endif
    const auto address = reinterpret_cast<std::uintptr_t>(block.data());
    const std::uintptr_t line = LINE * sizeof(double);
    Carver carving(block.data() + (line - address % line) % line / sizeof(double));
    layout(carving);
}

void lay_work(Carver& carve, const Stretch& on, Work& w) {
    const Index n = on.plan.pivots.size, reactions = on.net.constant.size;
    const Index rows = on.pop.units.size, ladders = on.pop.ladders(), groups = on.pop.groups();
    const Index classes = on.pop.size(), sums = 2 * groups + ladders;
    const Index columns = sums + on.pop.lower.size;
    const Index known = MOST + on.net.pair.count + on.net.general.size + 1;
    const Index laws = on.setting.laws.count;
    carve.row(reactions, {&w.k, &w.r, &w.pace});
    carve.row(on.net.kind.size, {&w.s});
    carve.row(on.net.moves.size - 1, {&w.moved});
    carve.row(on.net.ways.count, {&w.joining, &w.leaving, &w.entering});
    carve.row(on.plan.size, {&w.matrix, &w.schur});
    carve.row(n, {&w.inverse, &w.x, &w.x1, &w.right, &w.drift, &w.change, &w.most, &w.tolerance,
                  &w.limit});
    carve.row(known, {&w.known});
    carve.row(STAGES, {&w.row});
    carve.row(columns, {&w.weights, &w.others});
    carve.row(groups, {&w.joined, &w.left});
    carve.row(sums, {&w.passed});
    carve.table(columns, n, {&w.rows});
    carve.table(sums, n, {&w.push});
    carve.table(ladders, n, {&w.tilt});
    carve.table(STAGES, n, {&w.u});
    carve.table(known, MOST, {&w.turned});
    carve.table(STAGES, columns, {&w.share});
    carve.row(classes, {&w.f, &w.f1, &w.flow, &w.ramp, &w.rise, &w.fall, &w.stage_rise,
                        &w.stage_fall, &w.t.pivot, &w.t.inward, &w.t.outward});
    carve.row(ladders, {&w.t.from_right, &w.books.units, &w.psi, &w.stage_psi});
    carve.row(rows, {&w.held});
    carve.table(groups, rows, {&w.beta, &w.stage_beta, &w.tilted_beta});
    carve.table(columns, classes, {&w.sources, &w.columns});
    carve.table(STAGES, classes, {&w.raw});
    carve.row(laws, {&w.books.totals, &w.books.residual, &w.books.shift, &w.books.kept});
    carve.table(laws, laws, {&w.books.gram});
}

void lay_tangents(Carver& carve, const Stretch& on, const Seeds& seeds, TangentWork& w) {
    const Index n = on.plan.pivots.size, reactions = on.net.constant.size;
    const Index factors = on.net.kind.size, classes = on.pop.size();
    const Index ladders = on.pop.ladders(), groups = on.pop.groups();
    const Index count = seeds.parameters(), entries = seeds.reaction.size;
    carve.table(n, count, {&w.dx, &w.stage_x, &w.right, &w.drift, &w.base});
    carve.table(classes, count, {&w.df, &w.stage_f, &w.right_f, &w.ramp});
    carve.block(STAGES, n, count, w.ux);
    carve.block(STAGES, classes, count, w.uf);
    carve.table(2 * groups + ladders + on.pop.lower.size, count, {&w.share});
    carve.table(2 * groups + ladders, count, {&w.passed});
    carve.table(reactions, count, {&w.dr0, &w.dr, &w.bent});
    carve.table(groups, count, {&w.a, &w.b});
    carve.table(ladders, count, {&w.psi, &w.stage_psi, &w.dtilt});
    carve.row(ladders, {&w.tilt});
    carve.row(reactions, {&w.r0, &w.k0, &w.along});
    carve.row(factors, {&w.s0, &w.bend, &w.risen, &w.g, &w.dg, &w.ddg, &w.pools});
    carve.row(on.plan.size, {&w.straight, &w.curved});
    carve.row(entries, {&w.moves, &w.stage_moves, &w.here, &w.further});
    carve.row(classes, {&w.u_f});
}

}  // namespace

Work workspace(const Stretch& on, Room& room) {
    Work work = {};
    lay_out(room.numbers, [&](Carver& carve) { lay_work(carve, on, work); });
    const Index laws = on.setting.laws.count;
    if (room.order.size() < static_cast<std::size_t>(laws))
        room.order.resize(static_cast<std::size_t>(laws));
    work.books.order = {room.order.data(), laws};
    return work;
}

TangentWork tangent_workspace(const Stretch& on, const Seeds& seeds, Room& room) {
    TangentWork work = {};
    lay_out(room.tangent_numbers, [&](Carver& carve) { lay_tangents(carve, on, seeds, work); });
    return work;
}

}  // namespace prenuc
