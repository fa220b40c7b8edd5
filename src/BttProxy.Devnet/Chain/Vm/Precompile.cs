namespace BttProxy.Devnet.Chain.Vm;

/// <summary>A contract that is part of the machine.</summary>
internal abstract class Precompile
{
    public abstract long Price(ReadOnlySpan<byte> data);

    /// <summary>False fails the call, which then costs all the energy that went with it.</summary>
    public abstract bool TryRun(ReadOnlySpan<byte> data, out byte[] output);
}
