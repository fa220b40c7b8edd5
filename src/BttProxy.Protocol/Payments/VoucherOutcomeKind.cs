namespace BttProxy.Protocol.Payments;

/// <summary>What to do with a voucher.</summary>
public enum VoucherOutcomeKind : byte
{
    /// <summary>Store it durably, then credit it, then answer.</summary>
    Accepted = 0,

    /// <summary>Store it durably (it pays for bytes already delivered) and answer with the code; give no further credit.</summary>
    AcceptedWithoutCredit = 1,

    /// <summary>Identical to the last one: give the same answer again, store nothing.</summary>
    Repeated = 2,

    /// <summary>Refuse with the code and the last voucher.</summary>
    Rejected = 3,
}
