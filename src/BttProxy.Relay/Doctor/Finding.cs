namespace BttProxy.Relay.Doctor;

/// <summary>What one step of an examination came to.</summary>
/// <param name="Step">Its name, which never changes: scripts look for it.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Found">What was measured.</param>
/// <param name="Mend">What to do; null when nothing is wrong.</param>
internal sealed record Finding(string Step, Verdict Verdict, string Found, string? Mend)
{
    public static Finding Ok(string step, string found) => new(step, Verdict.Ok, found, null);

    public static Finding Warn(string step, string found, string mend) => new(step, Verdict.Warn, found, mend);

    public static Finding Fail(string step, string found, string mend) => new(step, Verdict.Fail, found, mend);

    public static Finding Skip(string step, string why) => new(step, Verdict.Skipped, why, null);
}

internal enum Verdict
{
    Ok,

    /// <summary>The relay works, and something should be looked at.</summary>
    Warn,

    /// <summary>The relay does not work, or will lose money.</summary>
    Fail,

    /// <summary>It could not be measured, because of another step or because the relay does not run.</summary>
    Skipped,
}

/// <param name="Running">A relay runs with that state directory.</param>
/// <param name="Healthy">No step failed.</param>
/// <param name="Findings">In the order of the steps.</param>
internal sealed record DoctorReport(bool Running, bool Healthy, IReadOnlyList<Finding> Findings);
