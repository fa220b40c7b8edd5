namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>One case, measured with us and with libtorrent by turns.</summary>
internal sealed record LeechResult(LeechCase Case, LeechRun Ours, LeechRun Theirs)
{
    public double OurRate => Case.Length / 1e6 / Ours.Seconds;

    public double TheirRate => Case.Length / 1e6 / Theirs.Seconds;

    public double RateRatio => OurRate / TheirRate;

    public double OurCpuPerGigabyte => Ours.CpuSeconds / (Case.Length / 1e9);

    public double TheirCpuPerGigabyte => Theirs.CpuSeconds / (Case.Length / 1e9);

    public double CpuRatio => Ours.CpuSeconds / Theirs.CpuSeconds;

    public double DuplicatePercent => Ours.DuplicateBytes * 100 / Case.Length;
}
